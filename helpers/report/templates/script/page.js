// What all parts share. The page is complete without any of this.

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function makeButton(words, act, attributes = {}) {
  const button = make("button", { type: "button", ...attributes }, words);
  button.addEventListener("click", () => act(button));
  return button;
}

// One line that is read aloud when it changes.
let announcer = null;
function announce(words) {
  announcer ??= document.body.appendChild(make("p", { class: "unseen", role: "status" }));
  announcer.textContent = words;
}

// The buttons of a table or figure stand in one row below it.
function openTools(box) {
  const found = box.querySelector(":scope > .tools");
  if (found) return found;
  const tools = make("div", { class: "tools" });
  box.append(tools);
  return tools;
}

function measureBar() {
  const bar = document.querySelector("header.top");
  const isSticky = getComputedStyle(bar).position === "sticky";
  const height = isSticky ? bar.getBoundingClientRect().height : 0;
  document.documentElement.style.setProperty("--top", `${Math.ceil(height)}px`);
}

// A box is a stop of the keyboard only while there is something to scroll to.
function followOverflow() {
  for (const box of document.querySelectorAll(".scroll, .data, .output")) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if (scrolls || !box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
