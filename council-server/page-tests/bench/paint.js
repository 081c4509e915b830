// The times of the first paint and of the whole first view, in a new session and in one with a cache. Prints figures and asserts
// nothing.

import { Provider } from "../support/provider.js";
import { script } from "../support/script.js";
import { Server } from "../support/server.js";
import { browser } from "../support/visitor.js";

const LOADS = 20;

const provider = await Provider.start(script);
const server = await Server.start({ provider });
const chromium = await browser();
const open = () => chromium.newContext({ viewport: { width: 1280, height: 800 } });

const fresh = [];
for (let load = 0; load < LOADS; load += 1) {
  const context = await open();
  fresh.push(await paints(await context.newPage()));
  await context.close();
}
const again = [];
const page = await (await open()).newPage();
for (let load = 0; load < LOADS; load += 1) again.push(await paints(page));

const files = await page.evaluate(() => {
  const own = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/"));
  return [...performance.getEntriesByType("navigation"), ...own].map(({ encodedBodySize, decodedBodySize }) => ({ encodedBodySize, decodedBodySize }));
});
await chromium.close();
await server.stop();
await provider.stop();

console.log("milliseconds             middle   least    most");
print("new session, first paint", fresh.map(([first]) => first));
print("new session, whole view", fresh.map(([, whole]) => whole));
print("open before, first paint", again.map(([first]) => first));
print("open before, whole view", again.map(([, whole]) => whole));
const kilobytes = (key) => (files.reduce((sum, sizes) => sum + sizes[key], 0) / 1000).toFixed(1);
console.log(`${files.length} files, ${kilobytes("encodedBodySize")} KB as sent, ${kilobytes("decodedBodySize")} KB decompressed`);

/** Opens the page, and returns the times of its first and of its largest paint. */
async function paints(page) {
  await page.goto("about:blank");
  await page.goto(server.url);
  await page.locator(".graph").waitFor();
  return page.evaluate(() => {
    const first = performance.getEntriesByName("first-paint")[0].startTime;
    return new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => resolve([first, list.getEntries().at(-1).startTime]));
      observer.observe({ type: "largest-contentful-paint", buffered: true });
    });
  });
}

function print(name, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const cell = (time) => time.toFixed(0).padStart(8);
  console.log(`${name.padEnd(24)}${cell(sorted[Math.floor(sorted.length / 2)])}${cell(sorted[0])}${cell(sorted.at(-1))}`);
}
