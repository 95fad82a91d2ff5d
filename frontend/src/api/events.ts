/** The server's events: an EventSource that comes back by itself and says when it lost the line. */
import { backoff } from './reconnect';

/** `now` comes with every look, four a minute: without one for so long the line is dead, whatever TCP says. */
const SILENCE_MS = 90_000;

export type Handlers = {
  event(kind: string, data: unknown): void;
  /** The line stands; `missed` where events were lost that nobody sends again. */
  up(missed: boolean): void;
  down(): void;
};

const KINDS = ['now', 'values', 'finding', 'reload', 'screen', 'report', 'notice', 'decision', 'heard'];

/** Listen until the function that comes back is called. */
export function listen(path: string, handlers: Handlers): () => void {
  let source: EventSource | null = null;
  let tries = 0;
  let wasUp = false;
  let fresh = true;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  function heard(): void {
    clearTimeout(silence);
    silence = setTimeout(again, SILENCE_MS);
  }

  function again(): void {
    if (stopped) return;
    handlers.down();
    source?.close();
    clearTimeout(retry);
    retry = setTimeout(open, backoff(tries, Math.random()));
    tries += 1;
  }

  function open(): void {
    clearTimeout(retry);
    source?.close();
    fresh = true;
    const opened = new EventSource(path);
    source = opened;
    opened.onopen = () => {
      tries = 0;
      // where the browser came back by itself it named the last event that it had, and gets the others
      handlers.up(fresh && wasUp);
      wasUp = true;
      fresh = false;
      heard();
    };
    // the browser comes back by itself where no answer came; after a refusal it gives up
    opened.onerror = () => (opened.readyState === EventSource.CLOSED ? again() : handlers.down());
    for (const kind of KINDS) {
      opened.addEventListener(kind, (message: MessageEvent<string>) => {
        heard();
        handlers.event(kind, JSON.parse(message.data));
      });
    }
  }

  open();
  // another network: the old connection is dead, whether or not it knows
  addEventListener('online', open);
  return () => {
    stopped = true;
    removeEventListener('online', open);
    clearTimeout(retry);
    clearTimeout(silence);
    source?.close();
  };
}
