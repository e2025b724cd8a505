export default {
  now: 'Wird gerade angesehen',
  idle: 'Das Eis ist still. Neue Aufnahmen werden angesehen, sobald sie kommen.',
  latest: 'Neueste Filme',
  none: 'Der erste Film erscheint hier.',
  scan: 'Zum Ansehen die Handykamera auf einen Code richten.',
  noCodes: 'Codes erscheinen, wenn auf diesem Bildschirm jemand angemeldet ist, der teilen darf.',
  codeFor: 'Code des Links zu {name}',
  moreN: { one: 'und {n} weitere wartet', other: 'und {n} weitere warten' },
};
