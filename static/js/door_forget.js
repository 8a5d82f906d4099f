// On the page of signing in: whoever left without signing out leaves no names on this device. What was marked and not sent
// yet stays, without the name, and goes out when somebody has signed in and opens the door again.

for (const key of Object.keys(localStorage).filter((one) => one.startsWith("door:"))) {
  if (key.includes(":list:")) localStorage.removeItem(key);
  else if (key.includes(":mark:")) forgetName(key);
}

function forgetName(key) {
  try {
    const mark = JSON.parse(localStorage.getItem(key));
    // What the server has refused was sent, and its words may name somebody.
    if (mark.refused) localStorage.removeItem(key);
    else if (mark.name) localStorage.setItem(key, JSON.stringify({ ...mark, name: "" }));
  } catch {
    localStorage.removeItem(key);
  }
}
