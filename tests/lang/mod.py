value = 'one'
