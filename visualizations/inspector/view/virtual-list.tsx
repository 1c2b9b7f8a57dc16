/** A list of which only the rows in sight are in the document. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface VirtualListProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  /** Stay at the end while rows are added. */
  readonly follows: boolean;
  /** The reader scrolled away from the end, or back to it. */
  readonly onFollow: (follows: boolean) => void;
  /** Is brought into sight when it changes. */
  readonly reveal: number | null;
  readonly row: (index: number) => ComponentChildren;
}

const OVERSCAN = 6;

export function VirtualList(props: VirtualListProps) {
  const { count, rowHeight, label, follows, onFollow, reveal, row } = props;
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(400);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    if (follows && box.current !== null) box.current.scrollTop = count * rowHeight;
  }, [follows, count, rowHeight, height]);
  useLayoutEffect(() => {
    const element = box.current;
    if (reveal === null || element === null) return;
    const at = reveal * rowHeight;
    const isSeen = at >= element.scrollTop && at + rowHeight <= element.scrollTop + height;
    if (!isSeen) element.scrollTop = Math.max(0, at - height / 2);
  }, [reveal]);

  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  const rows = [];
  for (let index = first; index < last; index += 1) rows.push(row(index));
  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    setTop(element.scrollTop);
    if (element.clientHeight !== height) return; // the list was moved, and not its reader
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
    if (isAtEnd !== follows) onFollow(isAtEnd);
  };
  return (
    <div class="list" ref={box} onScroll={onScroll} role="list" aria-label={label} tabIndex={0}>
      <div class="list-all" style={{ height: `${count * rowHeight}px` }} role="presentation">
        <div style={{ transform: `translateY(${first * rowHeight}px)` }} role="presentation">
          {rows}
        </div>
      </div>
    </div>
  );
}
