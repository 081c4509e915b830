// The first view.

view("start", () => ({ title: "New run", body: h("h1", {}, "What should the council write about?") }));
