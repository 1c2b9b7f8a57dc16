/** Whether a dial carries a credential, and which words in it are secret. */
import type { CredentialPlace, CredentialRule, ServiceFacts } from './provider-server.ts';
import { waysOf } from './provider-server.ts';
import type { DialRequest } from '../../ports/socket.ts';
import type { Provider } from '../../providers/contract.ts';

const PLACES: readonly CredentialPlace[] = ['header', 'protocol', 'query'];

/** So short a word is no secret, and turns up by chance. */
const MIN_SECRET_CHARS = 8;

const CARRIES_CREDENTIAL = /authorization|key|token/i;
const SCHEME = /^(bearer|token|basic|apikey)(\s+|$)/i;

/** What JavaScript makes of a credential that is not there. */
const PLACEHOLDER = /(^|\.)(undefined|null|NaN|\[object .*\])$/;

/** `realtime` is the name of a subprotocol. */
const PLAIN_WORD = /^[a-z]+$/i;

/** What a dial has to carry; null where it may carry none. */
export function ruleFor(script: ServiceFacts, { traits }: Provider): CredentialRule | null {
  if (script.credential !== undefined) return script.credential;
  const isRefused = [script.refusals, script.endings].some(
    (ways) => waysOf<object>(ways, 'auth').length > 0,
  );
  return isRefused || traits.refreshesCredential ? {} : null;
}

/** What is wrong with a dial's credential, in a sentence; null where it is as it should be. */
export function missingCredential(request: DialRequest, rule: CredentialRule): string | null {
  const { value, in: where = PLACES } = rule;
  const places = typeof where === 'string' ? [where] : where;
  const isCarried = places.some((place) =>
    value === undefined
      ? wordsAt(place, request).some(looksLikeCredential)
      : wordsAt(place, request, /./).some((words) => words.includes(value)),
  );
  if (isCarried) return null;
  const what = value === undefined ? 'no credential' : 'not the credential that it was given';
  return `dial() carries ${what} in its ${places.map(nameOf).join(', ')} (the script says by \`credential\` where it has to stand, or null where the service wants none)`;
}

/** What a dial carries that must not turn up anywhere else. */
export function secretsIn(request: DialRequest): readonly string[] {
  const said = PLACES.flatMap((place) => wordsAt(place, request));
  return said
    .flatMap((words) => words.split(' '))
    .filter((word) => word.length >= MIN_SECRET_CHARS && !PLAIN_WORD.test(word));
}

/** @param names the headers and query parameters that are looked at. */
function wordsAt(
  place: CredentialPlace,
  { headers = {}, protocols = [], url }: DialRequest,
  names = CARRIES_CREDENTIAL,
): readonly string[] {
  if (place === 'protocol') return protocols;
  const pairs = place === 'header' ? Object.entries(headers) : [...new URL(url).searchParams];
  return pairs.flatMap(([name, value]) => (names.test(name) ? value : []));
}

/** `Bearer x`, or `x` alone. */
function looksLikeCredential(words: string): boolean {
  const bare = words.trim().replace(SCHEME, '');
  return bare !== '' && !PLACEHOLDER.test(bare);
}

function nameOf(place: CredentialPlace): string {
  return place === 'header' ? 'headers' : place === 'protocol' ? 'subprotocols' : 'query';
}
