export function workletModule(): Promise<string>;
