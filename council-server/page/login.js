// @ts-check
// The login page. After a reload it sends the token that the tab has kept; a token that was refused is deleted.

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
// The form leads back to the view in the address.
/** @type {HTMLFormElement} */ (document.querySelector("form")).action = location.pathname + location.hash;
