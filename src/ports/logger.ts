/** A value that may stand in a log field. Audio, tokens and transcripts have no type here, on purpose. */
export type LogField = string | number | boolean | null | undefined;

/** Messages are static text; what varies goes into fields. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, LogField>>): void;
  info(message: string, fields?: Readonly<Record<string, LogField>>): void;
  warn(message: string, fields?: Readonly<Record<string, LogField>>): void;
  error(message: string, fields?: Readonly<Record<string, LogField>>): void;
}

const ignore = (): void => undefined;

export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
