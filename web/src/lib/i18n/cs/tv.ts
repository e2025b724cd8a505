export default {
  now: 'Právě se sleduje',
  idle: 'Na ledě je klid. Nový záznam se sleduje, jakmile dorazí.',
  latest: 'Nejnovější sestřihy',
  none: 'První sestřih se objeví tady.',
  scan: 'Namiřte fotoaparát telefonu na kód a dívejte se.',
  noCodes: 'Kódy se objeví, když je na této obrazovce přihlášen někdo, kdo smí sdílet.',
  codeFor: 'Kód odkazu na {name}',
  moreN: { one: 'a {n} další čeká', few: 'a {n} další čekají', many: 'a {n} dalšího čeká', other: 'a {n} dalších čeká' },
};
