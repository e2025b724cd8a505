export default {
  now: 'Being watched now',
  idle: 'The ice is quiet. New footage is watched as soon as it comes.',
  latest: 'Latest reels',
  none: 'The first reel appears here.',
  scan: 'Point your phone’s camera at a code to watch.',
  noCodes: 'Codes appear when somebody who may share is signed in on this screen.',
  codeFor: 'Code of the link to {name}',
  moreN: { one: 'and {n} more waiting', other: 'and {n} more waiting' },
};
