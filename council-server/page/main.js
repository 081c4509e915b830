// The beginning: all views are known by now.

token.take();
addEventListener("hashchange", show);
show();
