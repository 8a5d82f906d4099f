"""The sign-in page: allauth's, with the demonstration's accounts where there are any; and signing out."""

from functools import wraps

from allauth.account.views import LoginView
from allauth.account.views import logout as leave

from accounts import demo
from accounts.forms import SignInForm


class SignIn(LoginView):
    form_class = SignInForm

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "demo_accounts": demo.to_show()}


sign_in = SignIn.as_view()


@wraps(leave)
def sign_out(request, *args, **kwargs):
    """allauth's, which also has the browser clear what pages kept on the device: the day's list at the door, its service worker."""
    response = leave(request, *args, **kwargs)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"storage"'
    return response
