import { invalid } from '../../ports/option-errors.ts';

/** Members of a query that carry a credential, by their names. */
const CREDENTIAL_NAME = /key|token|secret|auth|sig|pass|credential|jwt/i;

/** How a service is reached, and what its addresses begin with, the usual one first. */
const SCHEMES = { socket: ['wss:', 'ws:'], http: ['https:', 'http:'] } as const;

const BEGINS = 'wss://, https://, ws:// or http://';

/**
 * An address without its last slashes, with the scheme of a socket or of HTTP: the vendors' own clients, and people, write
 * `https:` where a socket is meant, and the other way round. What may be a credential in one that is refused is not
 * repeated: of an address its scheme, host and path are told, and of a text that is no address nothing.
 *
 * @param example what could be given; then the option's name, and where a secret belongs.
 * @throws TenutoError OPTION_INVALID
 */
export function checkBaseUrl(
  baseUrl: unknown,
  reachedBy: keyof typeof SCHEMES,
  example: string,
  { name = 'baseUrl', secret = 'a key goes into apiKey' } = {},
): string {
  const given = typeof baseUrl === 'string' ? baseUrl.trim() : '';
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || url.host === '') {
    throw invalid(
      `${name} is not the address of a service that is reached by ${BEGINS}.`,
      `Give an address that begins with ${BEGINS}, such as ${example}.`,
    );
  }
  const wrong = wrongWith(url, given);
  if (wrong === null) return withScheme(given, url.protocol, reachedBy).replace(/\/+$/, '');

  const remediation = `Give an address that begins with ${BEGINS} and has no query, such as ${example}; ${secret}.`;
  throw invalid(`"${url.protocol}//${url.host}${url.pathname}" ${wrong}.`, remediation);
}

function withScheme(given: string, scheme: string, reachedBy: keyof typeof SCHEMES): string {
  const [secure, plain] = SCHEMES[reachedBy];
  const isPlain = scheme === 'ws:' || scheme === 'http:';
  return (isPlain ? plain : secure) + given.slice(scheme.length);
}

function wrongWith(url: URL, given: string): string | null {
  const isKnown = Object.values(SCHEMES).some((schemes) =>
    schemes.some((scheme) => scheme === url.protocol),
  );
  if (!isKnown) return `is not the address of a service that is reached by ${BEGINS}`;
  if (url.username !== '' || url.password !== '') return 'is given with a name or a password';
  if ([...url.searchParams.keys()].some((name) => CREDENTIAL_NAME.test(name))) {
    return 'is given with a credential in its query';
  }
  return /[?#]/.test(given) ? 'is given with a query or a fragment' : null;
}
