import { TenutoError } from '../../ports/errors.ts';

/**
 * An address without its last slashes.
 * @param schemes such as `wss:`, the usual one first.
 * @throws TenutoError OPTION_INVALID
 */
export function checkBaseUrl(
  baseUrl: string,
  schemes: readonly [string, ...string[]],
  example: string,
): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  const isKnown = url !== null && schemes.includes(url.protocol);
  if (isKnown && url.search === '' && url.hash === '') return baseUrl.replace(/\/+$/, '');

  const begins = schemes.map((scheme) => `${scheme}//`).join(' or ');
  throw new TenutoError({
    code: 'OPTION_INVALID',
    message: `"${baseUrl}" is not the address of a service that is reached by ${begins}.`,
    remediation: `Give an address that begins with ${begins} and has no query, such as ${example}.`,
  });
}
