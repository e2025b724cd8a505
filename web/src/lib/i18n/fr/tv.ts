export default {
  now: 'En cours de visionnage',
  idle: 'La glace est calme. Les nouvelles vidéos sont visionnées dès leur arrivée.',
  latest: 'Derniers montages',
  none: 'Le premier montage apparaît ici.',
  scan: 'Visez un code avec l’appareil photo du téléphone pour regarder.',
  noCodes: 'Les codes apparaissent quand une personne qui peut partager est connectée sur cet écran.',
  codeFor: 'Code du lien vers {name}',
  moreN: { one: 'et {n} autre en attente', other: 'et {n} autres en attente' },
};
