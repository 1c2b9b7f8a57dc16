/** The keys of the page. */
import { useEffect, useRef } from 'preact/hooks';

const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'this help'],
  ['Space', 'pause, and back to live'],
  ['← →', 'one event back, one event on'],
  ['Shift ← →', 'fifty events back, fifty on'],
  ['Home', 'the oldest event that is kept'],
  ['End or L', 'back to live'],
  ['A, E, C', 'to the actors, to the events, to the first chart'],
  ['/', 'search the events'],
  ['+ − 0', 'in a chart: larger, smaller, fit'],
  ['Esc', 'close the details, or this help'],
];

export function Help({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="help" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
