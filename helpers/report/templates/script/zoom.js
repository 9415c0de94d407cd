// A figure is enlarged in a dialog: the drawing itself moves there and back.

const STEPS = [1, 1.5, 2, 3, 4, 6];
// A drawing for a printed page narrower than this cannot be read.
const READABLE_PX = 640;

let zoomed = null;

function makeDialog() {
  const title = make("h2", { id: "zoom-title" });
  const stage = make("div", { class: "stage", tabindex: "0", role: "group", "aria-labelledby": "zoom-title" });
  const dialog = make("dialog", { "aria-labelledby": "zoom-title" });
  const close = makeButton("Close", () => dialog.close(), { autofocus: "" });
  const larger = makeButton("Larger", () => zoom(1));
  const smaller = makeButton("Smaller", () => zoom(-1));
  dialog.append(make("header", {}, title, smaller, larger, close), stage);
  dialog.addEventListener("close", putBack);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(1);
    if (event.key === "-") zoom(-1);
  });
  document.body.append(dialog);
  return { dialog, title, stage, larger, smaller };
}

// At the first step the whole drawing is seen; each further one is wider than the window.
function fitWidth(stage, plate) {
  const box = plate.querySelector("svg")?.viewBox.baseVal;
  const ratio = box?.width ? box.width / box.height : 1.5;
  const style = getComputedStyle(stage);
  const room = stage.clientHeight - parseFloat(style.paddingTop) * 2 - 24;
  return Math.min(stage.clientWidth - parseFloat(style.paddingLeft) * 2, room * ratio);
}

function zoom(by) {
  zoomed.step = Math.min(Math.max(zoomed.step + by, 0), STEPS.length - 1);
  zoomed.plate.style.width = `${Math.round(zoomed.fit * STEPS[zoomed.step])}px`;
  zoomed.larger.disabled = zoomed.step === STEPS.length - 1;
  zoomed.smaller.disabled = zoomed.step === 0;
  if (by) announce(`${STEPS[zoomed.step] * 100} per cent`);
}

function putBack() {
  const { plate, place, opener } = zoomed;
  plate.style.width = "";
  place.replaceWith(plate);
  zoomed = null;
  opener.focus();
}

function enlarge(figure, parts, opener) {
  const plate = figure.querySelector(".plate");
  const place = make("div", { class: "plate" });
  place.style.height = `${plate.offsetHeight}px`;
  plate.before(place);
  parts.title.textContent = figure.querySelector("figcaption strong")?.textContent ?? "Figure";
  parts.stage.append(plate);
  parts.dialog.showModal();
  const fit = fitWidth(parts.stage, plate);
  const step = Math.max(STEPS.findIndex((times) => fit * times >= READABLE_PX), 0);
  zoomed = { ...parts, plate, place, opener, step, fit };
  zoom(0);
}

function equipFigures() {
  let parts = null;
  for (const figure of document.querySelectorAll("figure.figure")) {
    if (!figure.querySelector(".plate")) continue;
    const label = figure.dataset.label || "the picture";
    const open = (button) => enlarge(figure, (parts ??= makeDialog()), button);
    openTools(figure).prepend(makeButton("Enlarge", open, { "aria-label": `Enlarge ${label}` }));
  }
}
