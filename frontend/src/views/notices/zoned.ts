/** Moments as `<input type="datetime-local">` holds them, in the city's time zone, not the browser's. */

/** Epoch seconds as `2026-11-23T14:05`. */
export function toLocal(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at * 1000);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * Epoch seconds of such a text; null for one that is none.
 *
 * An hour that the clocks repeat is the first of the two; one that they skip is as much later.
 */
export function fromLocal(text: string, zone: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (!found) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = found.slice(1).map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute) / 1000;
  if (!Number.isFinite(wall)) return null;
  // the zone's offset on either side of a clock change: the earlier one that fits wins
  const offsets = [wall - 86_400, wall + 86_400].map((at) => offsetAt(at, zone));
  const fits = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(at, zone) === wall);
  return fits.length > 0 ? Math.min(...fits) : wall - (offsets[0] ?? 0);
}

/** Seconds that the zone's clocks are ahead of UTC. */
function offsetAt(at: number, zone: string): number {
  const [date = '', time = ''] = toLocal(at, zone).split('T');
  return Date.parse(`${date}T${time}:00Z`) / 1000 - Math.floor(at / 60) * 60;
}
