/** Everything can be done by one key. */
import { FAULTS } from './faults.ts';
import { play, stop } from './run.browser.ts';
import { breakIt } from './server.browser.ts';
import { activeFaults, isBusy, isMuted, phase } from './state.ts';

export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const fault = FAULTS.find(({ key }) => key === event.key);
    if (fault !== undefined) {
      const lasts = activeFaults.value.some(({ name }) => name === fault.name);
      if (isBusy.value && !lasts) void breakIt(fault.name);
      return;
    }
    switch (event.key.toLowerCase()) {
      case 'p':
        if (phase.value === 'running') stop();
        else void play('speech');
        break;
      case 's':
        if (phase.value === 'running') stop();
        else void play('microphone');
        break;
      case 'm':
        isMuted.value = !isMuted.value;
        break;
      default:
    }
  });
}
