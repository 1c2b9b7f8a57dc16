/** tenuto for React, in browsers and in React Native. */
export { useSession, useSessionValue } from './react/use-session.ts';
export type { SessionSource, UseSession } from './react/use-session.ts';
export type {
  ReconnectProgress,
  SessionState,
  SessionViewOptions,
  TranscriptView,
} from './views/session-view.ts';
