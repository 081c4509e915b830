// The setup of each file of tests: a provider, a server, a browser, and a visitor for each test.

import { after, before, test } from "node:test";

import { Provider } from "./provider.js";
import { script } from "./script.js";
import { Server } from "./server.js";
import { browser, Visitor } from "./visitor.js";

/** Sets the stage for the tests of a file; `options` are the options of the server. */
export function stage(options = {}) {
  const stage = {};
  before(async () => {
    stage.provider = await Provider.start(script);
    stage.server = await Server.start({ provider: stage.provider, ...options });
    stage.browser = await browser();
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
    await stage.provider?.stop();
  });

  /** A test with a visitor, whose tab is closed afterwards. Any error of the browser fails the test. */
  function visit(name, act, settings) {
    test(name, { timeout: 120_000 }, async () => {
      const visitor = await Visitor.open(stage.browser, stage.server, settings);
      try {
        await act({ ...stage, visitor, page: visitor.page });
        visitor.check();
      } catch (error) {
        error.message += `\n(picture: ${await visitor.picture(name)})`;
        throw error;
      } finally {
        await visitor.close();
      }
    });
  }
  return { stage, visit };
}
