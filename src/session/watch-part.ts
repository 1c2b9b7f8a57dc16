/** Of the part `connection`: who watches the links that it has. */
import type { LinkFacts } from './link-facts.ts';
import type { WatchHandlers } from './link-watch.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { partOf } from './parts.ts';
import type { SessionPart } from './parts.ts';
import type { Uplink } from '../audio/uplink.ts';

export interface WatchPart extends SessionPart {
  watch(
    options: ResolvedOptions,
    uplink: Uplink,
    link: Link,
    handlers: WatchHandlers,
  ): LinkFacts<Link>['watch'];
}

/** Without it no session is opened (`checkParts`). */
export function watchOf({ parts }: Pick<ResolvedOptions, 'parts'>): WatchPart {
  return partOf(parts, 'connection') as WatchPart;
}
