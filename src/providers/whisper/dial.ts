/** What has to be there before a socket of posts can be called open: a detector, and where it can be asked, the service. */
import { ask, endFactsOf } from './exchange.ts';
import type { EndFacts } from './exchange.ts';
import type { Probe, WhisperSocketOptions } from './settings.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Http } from '../../ports/http.ts';
import type { DialRequest } from '../../ports/socket.ts';
import type { VoiceActivityDetector } from '../../ports/voice-activity.ts';

export interface DialHandlers {
  opened(detector: VoiceActivityDetector): void;
  refused(facts: EndFacts): void;
}

/** @returns what cancels it. */
export function dialFacts(
  { settings, http, clock }: Pick<WhisperSocketOptions, 'settings' | 'http' | 'clock'>,
  request: DialRequest,
  handlers: DialHandlers,
): () => void {
  let isOver = false;
  let cancelProbe: () => void = () => undefined;
  const cancel = (): void => {
    isOver = true;
    cancelProbe();
    clock.clearTimeout(timer);
  };
  const finish = (tell: () => void): void => {
    if (isOver) return;
    cancel();
    tell();
  };
  const refuse = (facts: EndFacts): void => finish(() => handlers.refused(facts));
  const timer = clock.setTimeout(
    () => refuse({ reason: 'the dial took too long', errorCode: 'ETIMEDOUT' }),
    request.timeoutMs,
  );
  const run = async (): Promise<void> => {
    await Promise.resolve(); // as a dial does, it ends later
    if (http === undefined) {
      const reason = 'this transport has no HTTP: browserWebSocketTransport of tenuto/browser has';
      refuse({ reason, errorCode: 'HTTP_UNSUPPORTED' });
      return;
    }
    const detector = await settings.vad({ sampleRateHz: settings.cut.sampleRateHz });
    if (isOver) return;
    const open = (): void => finish(() => handlers.opened(detector));
    if (settings.probe === null) open();
    else cancelProbe = probed(http, settings.probe, request, { open, refuse });
  };
  run().catch((error: unknown) => refuse(missingDetector(error)));
  return cancel;
}

interface ProbeHandlers {
  open(): void;
  refuse(facts: EndFacts): void;
}

function probed(
  http: Http,
  { url, isLenient }: Probe,
  { headers = {}, timeoutMs }: DialRequest,
  then: ProbeHandlers,
): () => void {
  return ask(http, { method: 'GET', url, headers, timeoutMs }, (outcome) => {
    if (outcome.kind === 'failed') then.refuse(outcome.facts);
    else {
      const { status } = outcome.answer;
      if (isLenient ? !isTelling(status) : isThere(status)) then.open();
      else then.refuse(endFactsOf(outcome.answer));
    }
  });
}

/** Not found is an answer: an older server has no such path, and is there. */
function isThere(status: number): boolean {
  return (status >= 200 && status < 300) || status === 404;
}

/** A key may be good for transcriptions alone (403), and a server may have nothing at that path, or not know GET (501). */
function isTelling(status: number): boolean {
  return status === 401 || status === 429 || (status >= 500 && status !== 501);
}

function missingDetector(error: unknown): EndFacts {
  if (TenutoError.is(error)) {
    return { reason: `${error.message} ${error.remediation}`, errorCode: 'PACKAGE_MISSING' };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { reason: `the voice-activity detector failed: ${reason}`, errorCode: 'VAD_FAILED' };
}
