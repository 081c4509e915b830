// @ts-check
// The topic of a run that is not started yet. The tab keeps it.

const KEY = "council.topic";

export const unstarted = {
  get: () => sessionStorage.getItem(KEY) ?? "",
  set: (topic) => sessionStorage.setItem(KEY, topic),
  clear: () => sessionStorage.removeItem(KEY),
};
