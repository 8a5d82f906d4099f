// Menus and tabs. Menus made of <details> close on Escape, on a click elsewhere and when the focus leaves; without scripts they stay until pressed again.

for (const menu of document.querySelectorAll(".site-menu details, .user-menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// On a phone a row of tabs is wider than the screen: the one where we are comes into sight.
for (const here of document.querySelectorAll(".staff-header nav [aria-current], .tabs [aria-current]")) {
  const row = here.closest("nav");
  row.scrollLeft += here.getBoundingClientRect().right - row.getBoundingClientRect().right + 48;
}
