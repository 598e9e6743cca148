// What time it is at the server: the device's clock, put right by the server's last answer. For showing, and for closing the hall.

let offset = 0;

/** Told by every answer; a request takes a moment, so a second more or less means nothing. */
export function compare(response) {
  const told = Date.parse(response.headers.get("Date") ?? "");
  if (!Number.isNaN(told)) offset = told - Date.now();
}

/** Milliseconds that the server's clock is ahead of this device's. */
export const clockOffset = () => offset;
export const serverNow = () => Date.now() + offset;
