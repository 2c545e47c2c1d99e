# exit: 1
# stderr: exact
# An indentation error in a file.
print("never printed")
if True:
    x = 1
      y = 2
