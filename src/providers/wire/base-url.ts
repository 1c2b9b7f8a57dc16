import { invalid } from '../../ports/option-errors.ts';

/** Members of a query that carry a credential, by their names. */
const CREDENTIAL_NAME = /key|token|secret|auth|sig|pass|credential|jwt/i;

/**
 * An address without its last slashes. What may be a credential in one that is refused is not repeated: of an address
 * its scheme, host and path are told, and of a text that is no address nothing.
 *
 * @param schemes such as `wss:`, the usual one first.
 * @throws TenutoError OPTION_INVALID
 */
export function checkBaseUrl(
  baseUrl: unknown,
  schemes: readonly [string, ...string[]],
  example: string,
): string {
  const given = typeof baseUrl === 'string' ? baseUrl.trim() : '';
  const url = URL.canParse(given) ? new URL(given) : null;
  const begins = schemes.map((scheme) => `${scheme}//`).join(' or ');
  if (url === null || url.host === '') {
    throw invalid(
      `baseUrl is not the address of a service that is reached by ${begins}.`,
      `Give an address that begins with ${begins}, such as ${example}.`,
    );
  }
  const wrong = wrongWith(url, given, schemes, begins);
  if (wrong === null) return given.replace(/\/+$/, '');

  const remediation = `Give an address that begins with ${begins} and has no query, such as ${example}; a key goes into apiKey.`;
  throw invalid(`"${url.protocol}//${url.host}${url.pathname}" ${wrong}.`, remediation);
}

function wrongWith(
  url: URL,
  given: string,
  schemes: readonly string[],
  begins: string,
): string | null {
  if (!schemes.includes(url.protocol)) {
    return `is not the address of a service that is reached by ${begins}`;
  }
  if (url.username !== '' || url.password !== '') return 'is given with a name or a password';
  if ([...url.searchParams.keys()].some((name) => CREDENTIAL_NAME.test(name))) {
    return 'is given with a credential in its query';
  }
  return /[?#]/.test(given) ? 'is given with a query or a fragment' : null;
}
