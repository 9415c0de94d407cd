// Tables are copied into a spreadsheet, and sorted where a row stands for itself.

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?%?$/;
const WORDS = new Intl.Collator(document.documentElement.lang, { numeric: true });

// What a spreadsheet would compute becomes text.
function neutralise(text) {
  return /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function readCell(cell) {
  const plain = cell.cloneNode(true);
  for (const note of plain.querySelectorAll("sup")) note.remove();
  for (const line of plain.querySelectorAll("br")) line.replaceWith(" ");
  return neutralise(plain.textContent.replace(/\s+/g, " ").trim());
}

// A grid of texts; a cell over several rows or columns stands in its first one.
function readGrid(table) {
  const grid = [];
  const covered = new Set();
  [...table.rows].forEach((row, y) => {
    grid[y] ??= [];
    let x = 0;
    for (const cell of row.cells) {
      while (covered.has(`${y} ${x}`)) grid[y][x++] ??= "";
      for (let down = 0; down < cell.rowSpan; down++) {
        for (let right = 0; right < cell.colSpan; right++) covered.add(`${y + down} ${x + right}`);
      }
      grid[y][x] = readCell(cell);
      for (let right = 1; right < cell.colSpan; right++) grid[y][x + right] = "";
      x += cell.colSpan;
    }
  });
  return grid;
}

function makePlainTable(table) {
  const plain = make("table");
  for (const row of table.rows) {
    const line = plain.insertRow();
    for (const cell of row.cells) {
      const copy = make(cell.tagName.toLowerCase(), {}, readCell(cell));
      if (cell.colSpan > 1) copy.setAttribute("colspan", cell.colSpan);
      if (cell.rowSpan > 1) copy.setAttribute("rowspan", cell.rowSpan);
      line.append(copy);
    }
  }
  return plain.outerHTML;
}

// Works from disk too, where the clipboard's newer interface may ask for leave.
function putOnClipboard(texts) {
  let done = false;
  const fill = (event) => {
    for (const [type, text] of Object.entries(texts)) event.clipboardData.setData(type, text);
    event.preventDefault();
    event.stopPropagation();
    done = true;
  };
  document.addEventListener("copy", fill, { capture: true, once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", fill, { capture: true });
  return done;
}

function copyTable(table, button) {
  const text = readGrid(table).map((row) => row.join("\t")).join("\r\n");
  const done = putOnClipboard({ "text/plain": text, "text/html": makePlainTable(table) });
  const words = button.textContent;
  button.textContent = done ? "Copied" : "Not copied";
  announce(done ? "Table copied to the clipboard." : "The table could not be copied.");
  setTimeout(() => { button.textContent = words; }, 1600);
}

function readKey(row, column) {
  const cell = row.cells[column];
  const text = cell ? cell.textContent.trim() : "";
  const value = cell?.dataset.value;
  return { value: value === undefined ? NaN : Number(value), text };
}

// Numbers before words, words before what is empty; the direction turns the first two only.
function compareKeys(one, other, sign) {
  if (!one.text || !other.text) return Number(!one.text) - Number(!other.text);
  const isNumber = !Number.isNaN(one.value);
  if (isNumber !== !Number.isNaN(other.value)) return isNumber ? -1 : 1;
  return sign * (isNumber ? one.value - other.value : WORDS.compare(one.text, other.text));
}

function sortTable(table, head, order) {
  const body = table.tBodies[0];
  const before = head.getAttribute("aria-sort");
  const next = { ascending: "descending", descending: "" }[before] ?? "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  const rows = [...order];
  if (next) {
    head.setAttribute("aria-sort", next);
    const column = Number(head.dataset.column);
    const keys = new Map(rows.map((row) => [row, readKey(row, column)]));
    const sign = next === "ascending" ? 1 : -1;
    rows.sort((one, other) => compareKeys(keys.get(one), keys.get(other), sign));
  }
  body.append(...rows);
  announce(next ? `Sorted by ${readCell(head)}, ${next}.` : "Rows stand in their first order.");
}

function makeSortable(table) {
  const order = [...table.tBodies[0].rows];
  for (const head of table.querySelectorAll("th[data-column]")) {
    const button = makeButton("", () => sortTable(table, head, order));
    button.append(...head.childNodes);
    head.append(button);
  }
}

function equipTables() {
  for (const box of document.querySelectorAll(".table")) {
    const table = box.querySelector("table");
    const label = box.dataset.label;
    const name = { "aria-label": `Copy ${label}` };
    openTools(box).append(makeButton("Copy", (button) => copyTable(table, button), name));
    if (table.querySelector("th[data-column]")) makeSortable(table);
  }
  for (const box of document.querySelectorAll("figure .data")) {
    const table = box.querySelector("table");
    const name = { "aria-label": `Copy the data of ${box.closest("figure").dataset.label}` };
    box.before(makeButton("Copy", (button) => copyTable(table, button), { class: "copy", ...name }));
  }
}
