(() => {
  // A screen reader is told of a change only where the region was there before it.
  const tell = (left) => {
    const regions = document.querySelectorAll(
      ".lenfail-explore .lenfail-live .widget-html-content");
    regions.forEach((region) => {
      region.setAttribute("role", "status");
      region.setAttribute("aria-live", "polite");
      region.setAttribute("aria-atomic", "true");
    });
    document.querySelectorAll(".lenfail-explore").forEach((part) => {
      part.setAttribute("role", "group");
      part.setAttribute("aria-label", "Choices of the analysis and their result");
    });
    if (left > 0) window.setTimeout(() => tell(left - 1), regions.length < 2 ? 100 : 1000);
  };
  tell(100);
})();
