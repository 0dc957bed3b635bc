/** Filters are folded away on a phone and open beside the list on a desk; without scripts they can be opened by hand. */
const wide = matchMedia("(min-width: 960px)");
function set() {
  for (const fold of document.querySelectorAll("[data-wide-open]")) fold.open = wide.matches;
}
wide.addEventListener("change", set);
set();
