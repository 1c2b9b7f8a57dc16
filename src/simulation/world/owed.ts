/** What keeps a client from its end, as its gateways know it: its app, most likely. */
import type { World } from './world.ts';
import type { GatewaySession } from '../../gateway/session.ts';

/** In words; empty where they know of nothing. */
export function owedTo({ wire, houses }: Pick<World, 'wire' | 'houses'>, client: number): string {
  const newest = new Map<string, GatewaySession>();
  for (const { gateway } of houses.filter(({ isUp }) => isUp)) {
    for (const session of gateway.sessions) {
      const { id, isKept, standing } = session;
      const isOfClient = wire.tokens.get(id)?.some((token) => token.client === client) === true;
      const isNewer = standing.epoch > (newest.get(id)?.standing.epoch ?? -1);
      if (isKept && isOfClient && isNewer) newest.set(id, session);
    }
  }
  const sessions = [...newest.values()];
  const unhandled = sessions.reduce((sum, { standing: { up, done } }) => sum + up - done, 0);
  const why = [
    ...(sessions.some(isFinishing) ? ['its app does not finish'] : []),
    ...(unhandled > 0 ? [`${unhandled} of what its app was handed are not handled yet`] : []),
  ];
  return why.join(', and ');
}

/** All was said, and its app has not told that all of it is handled. */
function isFinishing({ isNearItsEnd, lease }: GatewaySession): boolean {
  return isNearItsEnd && !lease.context.isConcluded;
}
