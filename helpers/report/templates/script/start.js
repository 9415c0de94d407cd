document.addEventListener("DOMContentLoaded", () => {
  addThemeButton();
  measureBar();
  foldContents();
  followReader();
  equipTables();
  equipFigures();
  equipCurves();
  followOverflow();
  addEventListener("resize", () => {
    measureBar();
    followOverflow();
  });
  document.addEventListener("toggle", followOverflow, { capture: true });
});
