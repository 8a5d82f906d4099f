// The focal point of a picture: pressed on the picture, or moved with two sliders; beside it, how lists cut it.
const focus = document.querySelector("[data-focus]");
const inputs = ["focus_x", "focus_y"].map((name) => document.getElementById(`id_${name}`));
if (focus && inputs.every(Boolean)) {
  const whole = focus.querySelector("[data-focus-whole]");
  const cut = focus.querySelector("[data-focus-cut]");
  const point = Object.assign(document.createElement("span"), { className: "picture-focus-point" });
  const outputs = inputs.map((input) => {
    const output = document.createElement("output");
    output.htmlFor = input.id;
    Object.assign(input, { type: "range", min: 0, max: 100, step: 1 });
    input.after(output);
    return output;
  });
  const show = () => {
    const [x, y] = inputs.map((input) => `${input.value}%`);
    outputs.forEach((output, number) => { output.value = inputs[number].value + " %"; });
    point.style.left = x;
    point.style.top = y;
    const copy = cut.querySelector("img");
    if (copy) copy.style.objectPosition = `${x} ${y}`;
  };
  const dress = () => {
    const image = whole.querySelector("img");
    if (!image) return;
    const copy = Object.assign(document.createElement("img"), { src: image.src, alt: "" });
    cut.lastElementChild.replaceChildren(copy);
    whole.append(point);
    cut.hidden = false;
    focus.querySelector("[data-focus-hint]").hidden = false;
    show();
  };
  inputs.forEach((input) => input.addEventListener("input", show));
  whole.addEventListener("click", (event) => {
    const image = whole.querySelector("img");
    if (!image) return;
    const box = image.getBoundingClientRect();
    const share = (at, from, length) => Math.min(100, Math.max(0, Math.round((100 * (at - from)) / length)));
    inputs[0].value = share(event.clientX, box.left, box.width);
    inputs[1].value = share(event.clientY, box.top, box.height);
    show();
  });
  // A file that is only chosen yet is shown from the machine it lies on; nothing is sent.
  document.getElementById("id_file")?.addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (!file || !/^image\/(?:jpeg|png|webp|avif)$/.test(file.type)) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      focus.querySelector("[data-focus-empty]")?.setAttribute("hidden", "");
      whole.replaceChildren(Object.assign(document.createElement("img"), { src: reader.result, alt: "" }));
      dress();
    });
    reader.readAsDataURL(file);
  });
  show();
  dress();
}
