// Pointing at a curve, or moving along it by keys, tells time, estimate, interval and number at risk.

function formatNumber(value, digits) {
  const mark = document.documentElement.dataset.decimal || ".";
  return value.toFixed(digits).replace(".", mark);
}

function formatPercent(value) {
  return value === null ? "not known" : `${formatNumber(value * 100, 1)}%`;
}

// The step that holds at a time: the last one not after it.
function findStep(curve, time) {
  let low = 0;
  let high = curve.time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve.time[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// At risk just before a time are those counted at the first row that is not before it.
function readAtRisk(curve, time) {
  const step = findStep(curve, time);
  const at = step >= 0 && curve.time[step] === time ? step : step + 1;
  return at < curve.time.length ? curve.n_at_risk[at] : 0;
}

function readCurve(curve, time) {
  const step = findStep(curve, time);
  const isOver = time > curve.time[curve.time.length - 1];
  if (step < 0 || isOver) return { isOver: true, nAtRisk: readAtRisk(curve, time) };
  return {
    isOver: false,
    estimate: curve.estimate[step],
    lower: curve.ci_lower[step],
    upper: curve.ci_upper[step],
    nAtRisk: readAtRisk(curve, time),
  };
}

function describeInterval({ lower, upper }, joint) {
  if (lower === null || upper === null || lower === undefined) return "";
  return `${formatNumber(lower * 100, 1)}${joint}${formatNumber(upper * 100, 1)}`;
}

function tellReading(curve, reading) {
  const atRisk = reading.nAtRisk === null ? "" : `, ${reading.nAtRisk} at risk`;
  if (reading.isOver) return `${curve.label}: beyond the last observation`;
  const interval = describeInterval(reading, " to ");
  const range = interval ? `, interval ${interval}` : "";
  return `${curve.label}: ${formatPercent(reading.estimate)}${range}${atRisk}`;
}

function makeRow(curve, reading) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = curve.colour;
  const texts = reading.isOver
    ? ["–", "", String(reading.nAtRisk ?? "")]
    : [formatPercent(reading.estimate), describeInterval(reading, "–"), String(reading.nAtRisk ?? "")];
  const row = make("tr", {}, make("th", { scope: "row" }, swatch, curve.label));
  row.append(...texts.map((text) => make("td", {}, text)));
  return row;
}

function chooseStep(end) {
  return 10 ** Math.floor(Math.log10(Math.max(end, 1) / 30));
}

class CurveReader {
  constructor(figure, data) {
    this.data = data;
    this.drawing = figure.querySelector(".drawing");
    this.step = chooseStep(data.x[1] - data.x[0]);
    this.digits = Math.max(0, 1 - Math.round(Math.log10(this.step)));
    this.time = data.x[0];
    // Of very many times only some are kept: between them the numbers would not be exact.
    const times = data.snap ? data.curves.flatMap((curve) => curve.time) : [];
    this.grid = [...new Set(times)].sort((one, other) => one - other);
    this.build(figure.dataset.label);
  }

  build(label) {
    const { box, x } = this.data;
    this.line = make("div", { class: "line" });
    this.dots = this.data.curves.map((curve) => {
      const dot = make("div", { class: "dot" });
      dot.style.background = curve.colour;
      return dot;
    });
    this.reader = make("div", {
      class: "reader", role: "slider", tabindex: "0", "aria-orientation": "horizontal",
      "aria-label": `Read ${label} at a time`,
      "aria-valuemin": x[0], "aria-valuemax": x[1], "aria-valuenow": x[0],
      "aria-valuetext": "Arrow keys move along the curves.",
    }, this.line, ...this.dots);
    const [left, top, right, bottom] = box.map((edge) => edge * 100);
    Object.assign(this.reader.style, {
      left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%`,
    });
    this.readout = make("div", { class: "readout", "aria-hidden": "true" });
    this.drawing.append(this.reader, this.readout);
    this.listen();
  }

  listen() {
    this.reader.addEventListener("pointermove", (event) => this.point(event));
    this.reader.addEventListener("pointerdown", (event) => this.point(event));
    this.reader.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && document.activeElement !== this.reader) this.hide();
    });
    this.reader.addEventListener("focus", () => {
      if (this.reader.matches(":focus-visible")) this.show(this.time);
    });
    this.reader.addEventListener("blur", () => this.hide());
    this.reader.addEventListener("keydown", (event) => this.press(event));
  }

  point(event) {
    const place = this.reader.getBoundingClientRect();
    const share = (event.clientX - place.left) / place.width;
    const [start, end] = this.data.x;
    const fine = this.step / 10;
    this.show(Math.round((start + share * (end - start)) / fine) * fine);
  }

  press(event) {
    const [start, end] = this.data.x;
    const moves = {
      ArrowRight: this.step, ArrowUp: this.step, ArrowLeft: -this.step, ArrowDown: -this.step,
      PageUp: this.step * 12, PageDown: this.step * -12, Home: start - end, End: end - start,
    };
    if (event.key === "Escape" && this.reader.classList.contains("reading")) {
      this.hide();
      event.preventDefault();
      event.stopPropagation();
    }
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.show(Math.round((this.time + moves[event.key]) / this.step) * this.step);
  }

  snap(time) {
    if (!this.grid.length) return time;
    let near = this.grid.findIndex((kept) => kept >= time);
    if (near < 0) near = this.grid.length - 1;
    if (near > 0 && time - this.grid[near - 1] < this.grid[near] - time) near -= 1;
    return this.grid[near];
  }

  show(time) {
    const [start, end] = this.data.x;
    const clamped = this.snap(Math.min(Math.max(time, start), end));
    this.time = Number(clamped.toFixed(6));
    const readings = this.data.curves.map((curve) => readCurve(curve, this.time));
    const share = ((this.time - start) / (end - start)) * 100;
    this.line.style.left = `${share}%`;
    readings.forEach((reading, index) => this.placeDot(this.dots[index], reading, share));
    this.fillReadout(readings, share);
    this.reader.classList.add("reading");
    const words = readings.map((reading, index) => tellReading(this.data.curves[index], reading));
    this.reader.setAttribute("aria-valuenow", String(this.time));
    this.reader.setAttribute("aria-valuetext", `${this.nameTime()}. ${words.join("; ")}.`);
  }

  nameTime() {
    return `${formatNumber(this.time, this.digits)} ${this.data.unit}`;
  }

  placeDot(dot, reading, share) {
    const [low, high] = this.data.y;
    dot.hidden = reading.isOver || reading.estimate === null;
    if (dot.hidden) return;
    dot.style.left = `${share}%`;
    dot.style.top = `${(1 - (reading.estimate - low) / (high - low)) * 100}%`;
  }

  fillReadout(readings, share) {
    const heads = ["", this.data.value, "CI", "At risk"];
    const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
    const rows = readings.map((reading, index) => makeRow(this.data.curves[index], reading));
    const table = make("table", {}, make("caption", {}, this.nameTime()));
    table.append(make("thead", {}, head), make("tbody", {}, ...rows));
    this.readout.replaceChildren(table);
    const [left, , right] = this.data.box;
    const place = (left + (share / 100) * (right - left)) * 100;
    const isRight = place > 50;
    this.readout.style.left = isRight ? "auto" : `calc(${place}% + 0.8rem)`;
    this.readout.style.right = isRight ? `calc(${100 - place}% + 0.8rem)` : "auto";
  }

  hide() {
    this.reader.classList.remove("reading");
  }
}

function equipCurves() {
  for (const script of document.querySelectorAll("figure script.curves")) {
    const figure = script.closest("figure");
    if (figure.querySelector(".drawing svg")) new CurveReader(figure, JSON.parse(script.textContent));
  }
}
