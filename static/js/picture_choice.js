// Beside each choice from the library of pictures stands the picture that is chosen.
document.addEventListener("change", (event) => {
  const select = event.target.closest?.("select");
  const option = select?.selectedOptions[0];
  const look = select?.closest("tr, .form-row")?.querySelector(".picture-look");
  if (!look || !/-picture$/.test(select.name)) return;
  // A warning of the one before it goes with it.
  look.parentElement.querySelector(".picture-hidden")?.remove();
  const image = Object.assign(document.createElement("img"), { className: "picture-small", alt: "", src: option.dataset.seen ?? "" });
  look.replaceChildren(...(option.dataset.seen ? [image] : []));
});
