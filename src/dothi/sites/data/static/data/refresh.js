/** A run that goes on is looked at again every few seconds, while the page is in sight and nobody is typing. */
setTimeout(function again() {
  const typing = /^(input|textarea|select)$/i.test(document.activeElement?.tagName ?? "");
  if (document.visibilityState === "visible" && !typing) location.reload();
  else setTimeout(again, 4000);
}, 4000);
