// @ts-check
// A reload has lost the token from the address: the page has it still. One that was just refused is forgotten.

const address = new URL(location.href);
const kept = sessionStorage.getItem("council.token");
if (address.searchParams.has("token")) {
  sessionStorage.removeItem("council.token");
  /** @type {HTMLElement} */ (document.getElementById("refused")).hidden = false;
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
} else if (kept) {
  address.searchParams.set("token", kept);
  location.replace(address);
}
// The form leads back to where this was.
/** @type {HTMLFormElement} */ (document.querySelector("form")).action = `/${location.hash}`;
