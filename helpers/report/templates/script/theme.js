// Light or dark: as the system has it until the reader chooses.

const THEME = "lenfail-theme";

function readTheme() {
  try {
    const kept = localStorage.getItem(THEME);
    return kept === "dark" || kept === "light" ? kept : null;
  } catch {
    return null;
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // A page opened from disk may have no storage; the choice then lasts as long as the page.
  }
}

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme(button) {
  button.textContent = isDark() ? "Light page" : "Dark page";
}

function addThemeButton() {
  const button = makeButton("", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    keepTheme(document.documentElement.dataset.theme);
    showTheme(button);
    announce(isDark() ? "The page is dark." : "The page is light.");
  }, { class: "theme" });
  showTheme(button);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => showTheme(button));
  document.querySelector("header.top .bar").append(button);
}

const keptTheme = readTheme();
if (keptTheme) document.documentElement.dataset.theme = keptTheme;
