/** What the gateway's refusals and closes mean (PROTOCOL.md, P16). */
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';
import { CLOSE, classify } from '../../protocol/close-codes.ts';
import type { ClientAction } from '../../protocol/close-codes.ts';
import type { RefusedFrame } from '../../protocol/types.ts';
import type { ProviderEvent } from '../events.ts';
import { retryAfterMsOf } from '../retry-hints.ts';
import { detailOf } from '../wire/detail.ts';

const KINDS: Readonly<Record<ClientAction, FailureKind>> = {
  stop: 'planned',
  reattachNow: 'planned',
  reattach: 'transient',
  reattachElsewhere: 'transient',
  refreshCredential: 'auth',
  newSession: 'staleHandle',
  ignore: 'transient',
  wait: 'rateLimited',
  migrate: 'planned',
  giveUp: 'config',
};

type Reason = Pick<Failure, 'detail' | 'remediation'>;

/** For whoever reads why a session ended for good. */
const WORDS: Readonly<Record<number, string>> = {
  [CLOSE.superseded]: 'the session was taken up elsewhere, with the same token',
  [CLOSE.version]: 'the gateway speaks another version of tenuto.v1',
  [CLOSE.draining]: 'the gateway is about to end',
};

const UNBELIEVED: Reason = {
  detail: 'the gateway does not believe the bearer, or wants one',
  remediation: 'Give one that it believes: `token`, or --token-env. Its log says what is wrong.',
};

/** For whoever dials from a page. */
export const OF_ORIGINS = "of a web page, whether it lists the page's origin (--origin)";

/** A browser says nothing of a dial that came to nothing: a page that is not let in sees what a dead network shows. */
const UNEXPLAINED: Reason = {
  detail: '',
  remediation: `Check the network, whether the gateway is up and, ${OF_ORIGINS}, then connect again.`,
};

/** @param app what it was asked for. */
export function failureOfRefusal(frame: RefusedFrame, app: string): Failure {
  const { code, reason, retryAfterMs, why = '' } = frame;
  const told = code === CLOSE.unauthorised ? UNBELIEVED : reasonsOf(app, frame).get(why);
  const isFinal = told !== undefined && code === CLOSE.protocolError; // P24.5: nothing would be otherwise
  const kind = isFinal ? 'config' : KINDS[classify(code, false).action];
  return {
    kind,
    code: String(code),
    ...(told ?? { detail: WORDS[code] ?? detailOf(reason) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** What `why` says (PROTOCOL.md, P11.4), to whoever reads it. */
function reasonsOf(app: string, { unhandled = 0 }: RefusedFrame): ReadonlyMap<string, Reason> {
  const rest = unhandled === 0 ? '' : `: ${unhandled} of the frames that it has it did not handle`;
  return new Map<string, Reason>([
    ['no-app', { detail: `this gateway has no app ${app}` }],
    ['bad-audio', { detail: `the app ${app} of this gateway does not take audio of this kind` }],
    [
      'app-failed',
      {
        detail: `the app ${app} of this gateway fails${rest}`,
        remediation:
          'Nothing is to be done here: the log of the gateway says where its app failed.',
      },
    ],
    [
      'unverified',
      {
        detail: 'the gateway cannot check the bearer just now',
        remediation: 'Connect again in a while: the log of the gateway says what keeps it.',
      },
    ],
  ]);
}

/** What the gateway should not have said: the socket is given up, and what came of the session is told again on the next. */
export function failedBy(detail: string, code = String(CLOSE.protocolError)): ProviderEvent[] {
  return [{ kind: 'failed', failure: { kind: 'transient', code, detail } }];
}

export function failureOfClose(end: SocketEnd, hadFinAck: boolean): Failure {
  const { code, reason, status, errorCode } = end;
  if (status !== undefined) return failureOfStatus(status, end);
  const kind = KINDS[classify(code, hadFinAck).action];
  if (code === CLOSE.unauthorised) return { kind, code: String(code), ...UNBELIEVED };
  const isUnexplained = end.kind === 'refused' && errorCode === undefined && reason === '';
  const told = isUnexplained ? UNEXPLAINED : { detail: WORDS[code] ?? detailOf(reason) };
  return { kind, code: errorCode ?? String(code), ...told };
}

/** The upgrade was answered by HTTP: by something that stands before the gateway, or is none. */
function failureOfStatus(status: number, { body = '', headers }: SocketEnd): Failure {
  const code = `http ${status}`;
  const detail = detailOf(body);
  if (status === 401) return { kind: 'auth', code, detail };
  const retryAfterMs = retryAfterMsOf({ headers, body });
  if (status === 429 || retryAfterMs !== null) {
    return {
      kind: 'rateLimited',
      code,
      detail,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    };
  }
  const isOurs = status >= 400 && status < 500 && status !== 408;
  return { kind: isOurs ? 'config' : 'transient', code, detail };
}
