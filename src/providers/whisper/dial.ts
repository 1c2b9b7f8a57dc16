/** What has to be there before a socket of posts can be called open: a detector, and where it can be asked, the service. */
import { ask, endFactsOf } from './exchange.ts';
import type { EndFacts } from './exchange.ts';
import type { WhisperSocketOptions } from './settings.ts';
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
      refuse({ reason: 'this transport has no HTTP', errorCode: 'HTTP_UNSUPPORTED' });
      return;
    }
    const detector = await settings.vad({ sampleRateHz: settings.cut.sampleRateHz });
    if (isOver) return;
    const open = (): void => finish(() => handlers.opened(detector));
    if (settings.probeUrl === null) open();
    else cancelProbe = probe(http, settings.probeUrl, request, { open, refuse });
  };
  run().catch((error: unknown) => refuse(missingDetector(error)));
  return cancel;
}

interface ProbeHandlers {
  open(): void;
  refuse(facts: EndFacts): void;
}

/** Not found is an answer: an older server has no such path, and is there. */
function probe(http: Http, url: string, dial: DialRequest, then: ProbeHandlers): () => void {
  const { headers = {}, timeoutMs } = dial;
  return ask(http, { method: 'GET', url, headers, timeoutMs }, (outcome) => {
    if (outcome.kind === 'failed') then.refuse(outcome.facts);
    else {
      const { status } = outcome.answer;
      if ((status >= 200 && status < 300) || status === 404) then.open();
      else then.refuse(endFactsOf(outcome.answer));
    }
  });
}

function missingDetector(error: unknown): EndFacts {
  if (TenutoError.is(error)) {
    return { reason: `${error.message} ${error.remediation}`, errorCode: 'PACKAGE_MISSING' };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { reason: `the voice-activity detector failed: ${reason}`, errorCode: 'VAD_FAILED' };
}
