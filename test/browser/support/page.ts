/** What a page of the browser tests runs: the browser's entry and the gateway's provider, as globals for `page.evaluate`. */
import * as tenutoBrowser from '../../../src/browser.ts';
import { gateway as gatewayProvider } from '../../../src/providers/gateway/gateway.ts';

declare global {
  const tenuto: typeof tenutoBrowser;
  const gateway: typeof gatewayProvider;
}

Object.assign(globalThis, { tenuto: tenutoBrowser, gateway: gatewayProvider });
