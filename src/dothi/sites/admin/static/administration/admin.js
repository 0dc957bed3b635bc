/** On a phone the menu scrolls sideways: begin with the part one is in. */
const nav = document.querySelector(".adm-nav");
const here = nav?.querySelector("[aria-current]");
if (here && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = here.offsetLeft - nav.offsetLeft - 16;
