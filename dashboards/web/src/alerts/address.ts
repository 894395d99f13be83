// Where things are: an alert's page, a section's. Ids come from outside and may hold anything.

/** A dot too: the last part of an address with one in it is taken for a file. */
function part(text: string): string {
  return encodeURIComponent(text).replaceAll(".", "%2E");
}

export function alertPath(customer: string, alert: string): string {
  return `/alerts/${part(customer)}/${part(alert)}`;
}

function plain(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The alert an address names, or null where it names none. `pathname` as the browser has it, encoded. */
export function alertAt(pathname: string): { customer: string; alert: string } | null {
  const parts = pathname.split("/");
  if (parts.length !== 4 || parts[1] !== "alerts") return null;
  const customer = plain(parts[2] ?? "");
  const alert = plain(parts[3] ?? "");
  return customer && alert ? { customer, alert } : null;
}

export function alertApi(customer: string, alert: string, verb?: string): string {
  const of = `/api/v1/alerts/${part(customer)}/${part(alert)}`;
  return verb === undefined ? of : `${of}/${verb}`;
}

export function groupApi(group: string, verb: string): string {
  return `/api/v1/alerts/groups/${part(group)}/${verb}`;
}

export function customerPath(customer: string): string {
  return `/customers/${encodeURIComponent(customer)}`;
}
