// Where the drop folder is, as the reader's computer calls it.

const SHARE = 'footage';

/** Both ways to write a share on this machine. */
export function shareAddresses(host: string, share = SHARE): { smb: string; windows: string } {
  const plain = host.replace(/^\[|\]$/g, '');
  // Windows cannot take an IPv6 address with colons: it has a name of its own for those.
  const windows = plain.includes(':') ? `${plain.replaceAll(':', '-').replace('%', 's')}.ipv6-literal.net` : plain;
  return { smb: `smb://${host}/${share}`, windows: `\\\\${windows}\\${share}` };
}
