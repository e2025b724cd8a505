export default {
  hours: '{h} h {m} min',
  minutes: '{m} min',
  seconds: '{s} s',
  left: 'zbývá {time}',
  almost: 'skoro hotovo',
  today: 'dnes',
  yesterday: 'včera',
};
