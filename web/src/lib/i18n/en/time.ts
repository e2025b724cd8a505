export default {
  hours: '{h} h {m} min',
  minutes: '{m} min',
  seconds: '{s} s',
  left: '{time} left',
  almost: 'almost done',
  today: 'today',
  yesterday: 'yesterday',
};
