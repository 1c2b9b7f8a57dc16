/** Which app a client asks for: nothing is begun for it in vain. */
import type { App } from './app.ts';
import { loggableOf } from './app-error.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { RegistryOptions } from './registry.types.ts';
import type { Logger } from '../ports/logger.ts';
import { MAX_SEQ } from '../protocol/limits.ts';
import type { HelloFrame } from '../protocol/types.ts';

/** Of an app or audio that there is not the operator is told, too. P10.6 */
export function appFor(
  { app: name = 'speech', audio, epoch }: HelloFrame,
  { apps, audit, logger }: Pick<RegistryOptions, 'apps' | 'audit' | 'logger'>,
  subject: string,
  remoteAddress: string,
): App | Refusal {
  if (epoch === MAX_SEQ) return refuse('protocolError');
  const app = apps.get(name);
  if (app !== undefined && accepts(app, audio, logger)) return app;
  const why = app === undefined ? 'no-app' : 'bad-audio';
  const detail = app === undefined ? 'no such app' : 'audio that its app does not take';
  audit.tell('hello.refused', { subject, remoteAddress, detail });
  return refuse('protocolError', { why });
}

function accepts(app: App, audio: HelloFrame['audio'], logger: Logger): boolean {
  try {
    return app.accepts?.(audio) !== false;
  } catch (error) {
    logger.error('An app failed.', { session: null, seq: null, ...loggableOf(error) });
    return false;
  }
}
