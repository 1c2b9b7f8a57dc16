/** What a voice client refuses, and why. */
import type { PcmSource } from '../capture/capture.types.ts';
import { TenutoError } from '../ports/errors.ts';

export function closed(): TenutoError {
  return new TenutoError({
    code: 'SESSION_CLOSED',
    message: 'The client was closed.',
    remediation: 'Make a new VoiceClient.',
  });
}

export function otherAgent(agent: string): TenutoError {
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `The client's session is with "${agent}", for its user: a session has one of each.`,
    remediation: 'Make a VoiceClient of its own for another agent or user.',
  });
}

export function noSource(): TenutoError {
  return new TenutoError({
    code: 'MICROPHONE_UNSUPPORTED',
    message: 'This platform brings no microphone.',
    remediation: 'Give one as capture: () => a PcmSource; or write to client.session.',
  });
}

export function otherRate({ format }: PcmSource, sampleRateHz: number): TenutoError {
  return new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: `The capture gives ${format.sampleRateHz} Hz, and the session has ${sampleRateHz} Hz.`,
    remediation: 'Give sampleRateHz as the capture has it.',
  });
}
