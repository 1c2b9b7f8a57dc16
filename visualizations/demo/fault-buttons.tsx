/** The buttons that break things, and how long what they broke stays so. */
import { FAULTS } from './faults.ts';
import { breakIt } from './server.browser.ts';
import { activeFaults, broken, isBusy, nowMs } from './state.ts';

export function FaultButtons() {
  return (
    <section class="faults" aria-label="Break it">
      {FAULTS.map((fault) => (
        <FaultButton key={fault.name} fault={fault} />
      ))}
    </section>
  );
}

interface FaultButtonProps {
  readonly fault: (typeof FAULTS)[number];
}

function FaultButton({ fault: { name, key, title, does } }: FaultButtonProps) {
  const active = activeFaults.value.find((one) => one.name === name);
  const leftMs = active === undefined ? 0 : Math.max(0, active.endsAtMs - nowMs.value);
  const times = broken.value.filter((one) => one.name === name).length;
  const isOff = !isBusy.value || active !== undefined;
  return (
    <button
      type="button"
      class={`fault ${active === undefined ? '' : 'is-active'}`}
      data-fault={name}
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) void breakIt(name);
      }}
    >
      <span class="fault-head">
        <span class="fault-title">{title}</span>
        <kbd>{key}</kbd>
      </span>
      <span class="fault-does">{does}</span>
      <span class="fault-state">
        {active === undefined
          ? times === 0
            ? ' '
            : `broken ${times === 1 ? 'once' : `${times} times`}`
          : `${Math.ceil(leftMs / 1_000)} s left`}
      </span>
      <span
        class="fault-bar"
        aria-hidden="true"
        style={{ transform: `scaleX(${active === undefined ? 0 : leftMs / active.lastsMs})` }}
      />
    </button>
  );
}
