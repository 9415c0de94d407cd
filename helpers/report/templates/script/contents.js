// The list of contents follows the reader.

const WIDE = "(min-width: 70rem)";

function listTargets(contents) {
  const targets = [];
  for (const link of contents.querySelectorAll("a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) targets.push({ link, heading });
  }
  return targets;
}

function findCurrent(targets) {
  const line = innerHeight * 0.3;
  let current = null;
  for (const target of targets) {
    if (target.heading.getBoundingClientRect().top > line) break;
    current = target;
  }
  const isAtEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  return isAtEnd && scrollY > 0 ? targets[targets.length - 1] : current;
}

function keepInView(link, contents) {
  if (!matchMedia(WIDE).matches) return;
  const box = contents.getBoundingClientRect();
  const place = link.getBoundingClientRect();
  if (place.top < box.top + 40) contents.scrollTop -= box.top + 40 - place.top;
  if (place.bottom > box.bottom - 40) contents.scrollTop += place.bottom - box.bottom + 40;
}

function followReader() {
  const contents = document.querySelector("nav.contents");
  if (!contents) return;
  const targets = listTargets(contents);
  contents.classList.add("spied");
  let shown = null;
  let isWaiting = false;
  const update = () => {
    isWaiting = false;
    const current = findCurrent(targets);
    if (current === shown) return;
    shown = current;
    for (const { link } of targets) link.removeAttribute("aria-current");
    for (const item of contents.querySelectorAll("li.current")) item.classList.remove("current");
    if (!current) return;
    current.link.setAttribute("aria-current", "true");
    let item = current.link.closest("li");
    while (item) {
      item.classList.add("current");
      item = item.parentElement.closest("li");
    }
    keepInView(current.link, contents);
  };
  const ask = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(update);
  };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);
  update();
}

// On a narrow page the list is folded until it is asked for.
function foldContents() {
  const list = document.querySelector("nav.contents details");
  if (!list) return;
  const wide = matchMedia(WIDE);
  const fold = () => { list.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();
  document.querySelector(".to-contents")?.addEventListener("click", () => { list.open = true; });
}
