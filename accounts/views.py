"""The sign-in page: allauth's, with the demonstration's accounts where there are any."""

from allauth.account.views import LoginView

from accounts import demo
from accounts.forms import SignInForm


class SignIn(LoginView):
    form_class = SignInForm

    def get_context_data(self, **kwargs):
        return {**super().get_context_data(**kwargs), "demo_accounts": demo.to_show()}


sign_in = SignIn.as_view()
